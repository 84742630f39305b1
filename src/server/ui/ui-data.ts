import type { Call } from '../transport/grpc/method.ts';

/**
 * Data for the page that no method of etcd returns. The result is sent as JSON. An `EtcdError` is
 * sent as the gateway sends it. A source checks the rights of the caller itself, through `Access`.
 */
export type UiDataSource = (call: Call) => Promise<object>;

/** By name: `settings` is served at `/ui/api/settings`. */
export type UiData = Readonly<Record<string, UiDataSource>>;
