/** Whether an address is the one of a running server, not of a database. */
export function isServerUrl(address: string): boolean {
  return /^https?:\/\//i.test(address);
}
