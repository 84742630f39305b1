/** What an operator can do about a failure of the network, by the code of the system. */
const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start the database server, or correct host and port',
  ENOENT: 'start the database server, or correct the path of its socket',
  ENOTFOUND: 'correct the host name, or add it to DNS',
  EAI_AGAIN: 'check whether DNS answers',
  EHOSTUNREACH: 'check the network and the firewall',
  ENETUNREACH: 'check the network and the firewall',
  ETIMEDOUT: 'check the network and the firewall',
};

/** The message of a failure with its code, and what to do if the database is not reached. */
export function failureText(message: string, code: string): string {
  const text = `${message} (${code})`;
  return Object.hasOwn(advice, code) ? `${text}; ${advice[code]}` : text;
}
