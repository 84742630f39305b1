import { EtcdError, etcdError, StatusCode } from '../../errors.ts';
import { DowngradeAction, type DowngradeRequest } from '../../wire/generated/etcdserverpb/maintenance.ts';

/**
 * Checks a request to downgrade a cluster of version `current` (`3.7.0`), with etcd's checks of its
 * version.
 *
 * @throws EtcdError where etcd refuses the request, and where etcd would start a downgrade: tine's
 * tables are not etcd's storage.
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
        'etcdserver: there is nothing to downgrade: tine has its own tables; set --emulated-etcd-version to report another version to clients',
      );
    case DowngradeAction.CANCEL:
      // etcd logs that there is nothing to cancel, and returns no error.
      return;
    default:
      throw etcdError('unknownMethod');
  }
}

/** The target must be the previous minor version. */
function checkTarget(version: string, current: string): void {
  // The patch number is optional.
  const target = majorAndMinor(version) ?? majorAndMinor(`${version}.0`);
  if (target === undefined) throw etcdError('wrongDowngradeVersionFormat');
  const [major = 0, minor = 0] = majorAndMinor(current) ?? [];
  if (target[0] !== major || target[1] !== minor - 1) throw etcdError('invalidDowngradeTargetVersion');
}

/** A version as etcd's parser reads it: the text after `-` or `+` may be empty. */
const identifiers = '(?:[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?';
const form = new RegExp(`^(\\d+)\\.(\\d+)\\.(\\d+)(?:-${identifiers})?(?:\\+${identifiers})?$`);
/** Its numbers have 64 bits. */
const numberMax = 2n ** 63n - 1n;

function majorAndMinor(version: string): readonly [number, number] | undefined {
  const [, ...numbers] = form.exec(version) ?? [];
  const [major, minor] = numbers;
  if (major === undefined || numbers.some((number) => number.length > 19 || BigInt(number) > numberMax))
    return undefined;
  return [Number(major), Number(minor)];
}
