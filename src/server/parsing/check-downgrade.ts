import { EtcdError, etcdError, StatusCode } from '../../errors.ts';
import { DowngradeAction, type DowngradeRequest } from '../../wire/generated/etcdserverpb/maintenance.ts';

/**
 * Answers a request to downgrade a cluster of version `current` (`3.7.0`) as far as it can be: checks the version that it names, as etcd does.
 *
 * @throws EtcdError where etcd refuses it too, and where etcd would begin: these tables are no storage of etcd's.
 */
export function checkDowngrade({ action, version }: DowngradeRequest, current: string): void {
  switch (action as DowngradeAction) {
    case DowngradeAction.VALIDATE:
      checkTarget(version, current);
      return;
    case DowngradeAction.ENABLE:
      checkTarget(version, current);
      throw new EtcdError(
        StatusCode.failedPrecondition,
        'etcdserver: there is nothing to downgrade: tine has tables of its own, and clients are told the version that --emulated-etcd-version names',
      );
    case DowngradeAction.CANCEL:
      // etcd logs that there is nothing to cancel, and answers that all is well.
      return;
    default:
      throw etcdError('unknownMethod');
  }
}

/** The version must be the one before. */
function checkTarget(version: string, current: string): void {
  // The patch may be left out.
  const target = majorAndMinor(version) ?? majorAndMinor(`${version}.0`);
  if (target === undefined) throw etcdError('wrongDowngradeVersionFormat');
  const [major = 0, minor = 0] = majorAndMinor(current) ?? [];
  if (target[0] !== major || target[1] !== minor - 1) throw etcdError('invalidDowngradeTargetVersion');
}

function majorAndMinor(version: string): readonly [number, number] | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+(-[0-9A-Za-z.-]*)?(\+[0-9A-Za-z.-]*)?$/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}
