import { isAuthOn } from '../../mvcc/auth/auth-state.ts';
import { tineVersion } from '../../version.ts';
import type { ServiceContext } from '../services/service-context.ts';
import type { Settings } from './replies.ts';
import type { UiDataSource } from './ui-data.ts';

/** What the page may do, and the versions. Needs no rights: it is read before a sign-in. */
export function settingsData({ config, store }: Pick<ServiceContext, 'config' | 'store'>): UiDataSource {
  return async (): Promise<Settings> => ({
    write: config.writesFromUi,
    version: tineVersion(),
    etcdVersion: config.emulatedEtcdVersion,
    authEnabled: isAuthOn(store.auth.state),
  });
}
