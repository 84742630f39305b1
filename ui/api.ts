/**
 * Requests of the page. All go to the server that served the page: to the JSON gateway
 * (`../v3/...`) and to `api/...` beside the page. The addresses are relative, so a path prefix
 * before `/ui/` works.
 */
import { ApiError, grpcCodes } from './api-error.ts';
import { session } from './session.ts';

export type * from './messages.ts';

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A method of the gateway: `call('kv/range', { key, limit: 100 })`. @throws ApiError */
export async function call<Reply>(path: string, request: object, { signal }: CallOptions = {}): Promise<Reply> {
  const response = await send(`../v3/${path}`, { method: 'POST', body: JSON.stringify(request), signal });
  return (await response.json()) as Reply;
}

/** Data of the server for the page: `data('settings')` reads `api/settings`. @throws ApiError */
export async function data<Reply>(name: string, { signal }: CallOptions = {}): Promise<Reply> {
  const response = await send(`api/${name}`, { method: 'GET', signal });
  return (await response.json()) as Reply;
}

/** A file of the page, such as `kubernetes-fields.txt`. @throws ApiError */
export async function pageText(name: string): Promise<string> {
  return await (await send(name, { method: 'GET' })).text();
}

/**
 * A transaction of the page, in the form of `kv/txn`. Only served with `--ui-write`. The header is
 * one that a page of another site cannot send without permission. @throws ApiError
 */
export async function writeTxn<Reply>(request: object): Promise<Reply> {
  const response = await send('api/txn', {
    method: 'POST',
    body: JSON.stringify(request),
    headers: { 'content-type': 'application/json', 'x-tine-page': 'write' },
  });
  return (await response.json()) as Reply;
}

/**
 * A method of the gateway whose answer is a stream: one JSON object a line.
 * `stream('watch', { create_request: { key } }, { signal })` yields the results until the signal
 * aborts. @throws ApiError
 */
export async function* stream<Result>(path: string, request: object, { signal }: CallOptions): AsyncGenerator<Result> {
  const response = await send(`../v3/${path}`, { method: 'POST', body: JSON.stringify(request), signal });
  if (response.body === null) return;
  try {
    for await (const line of lines(response.body)) {
      const { result, error } = JSON.parse(line) as { result?: Result; error?: ErrorBody };
      if (error !== undefined) throw failure(error);
      if (result !== undefined) yield result;
    }
  } catch (error) {
    if (signal?.aborted === true) return;
    throw error instanceof ApiError ? error : new ApiError('The connection to the server broke. Try again.');
  }
}

/** @throws ApiError when name or password are wrong */
export async function signIn(name: string, password: string): Promise<void> {
  const { token } = await call<{ token: string }>('auth/authenticate', { name, password });
  session.begin(name, token);
}

interface ErrorBody {
  readonly code?: number;
  readonly message?: string;
}

async function send(
  address: string,
  {
    method,
    body,
    headers,
    signal,
  }: { method: string; body?: string; headers?: HeadersInit; signal?: AbortSignal | undefined },
): Promise<Response> {
  const { token } = session;
  const fields = new Headers(headers);
  if (token !== undefined) fields.set('authorization', token);
  let response: Response;
  try {
    response = await fetch(new URL(address, pageAddress()), {
      method,
      headers: fields,
      cache: 'no-store',
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError('The server cannot be reached. Check that it runs, then try again.');
  }
  if (response.ok) return response;
  throw await failureOf(response);
}

/** The address of the page's folder, without the route. */
function pageAddress(): string {
  return location.href.replace(/[?#].*$/s, '');
}

async function failureOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    return failure(JSON.parse(text) as ErrorBody);
  } catch {
    return new ApiError(text.trim() || `The server answered ${response.status} ${response.statusText}.`);
  }
}

/** An error of the server. Without a valid token the page must ask for name and password. */
function failure({ code, message = 'The server gave no reason.' }: ErrorBody): ApiError {
  const isWithoutToken =
    code === grpcCodes.unauthenticated || (code === grpcCodes.invalidArgument && /user name is empty/.test(message));
  if (isWithoutToken) session.end({ isRefused: true });
  return new ApiError(message, code);
}

async function* lines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split('\n');
      rest = parts.pop() ?? '';
      yield* parts.filter((part) => part !== '');
    }
    if (rest !== '') yield rest;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
