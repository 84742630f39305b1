import type { Config } from '../config/config.ts';
import type { Logger } from '../logger.ts';
import type { Store } from '../store/store.ts';
import type { Origin, ResponseHeaders } from '../wire/response-headers.ts';

/** What the services work with. */
export interface ServiceContext {
  readonly store: Store;
  readonly headers: ResponseHeaders;
  readonly origin: Origin;
  readonly config: Config;
  readonly logger: Logger;
}
