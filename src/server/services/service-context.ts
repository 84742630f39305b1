import type { Config } from '../../config/config.ts';
import type { Logger } from '../../logger.ts';
import type { Store } from '../../store/store.ts';
import type { Identity, ResponseHeaders } from '../../wire/response-headers.ts';
import type { Access } from '../access/access.ts';

/** The objects that the services use. */
export interface ServiceContext {
  readonly store: Store;
  /** Checks every call before its work: see access/access.ts. */
  readonly access: Access;
  readonly headers: ResponseHeaders;
  readonly identity: Identity;
  readonly config: Config;
  readonly logger: Logger;
}
