import { parseExposition, type ShownFamily } from './exposition.ts';

/** The current metrics of a server. */
export async function scrape({ url }: { readonly url: string }): Promise<ReadonlyMap<string, ShownFamily>> {
  const reply = await fetch(`${url}/metrics`);
  if (reply.status !== 200) throw new Error(`${url}/metrics answered ${reply.status}`);
  return parseExposition(await reply.text());
}
