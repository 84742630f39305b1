import type { Settings } from '../api.ts';
import type { ViewName } from '../route.ts';

/** What every view receives. */
export interface ViewProps {
  readonly name: ViewName;
  /**
   * Bytes in the address after the name of the view, such as `/registry/pods/` in
   * `#/events//registry/pods/`. Empty if there are none.
   */
  readonly argument: Uint8Array<ArrayBuffer>;
  readonly settings: Settings;
}
