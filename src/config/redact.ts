// The text may be a line of JSON, where quotes and backslashes are escaped. The greedy middle runs to the last @, so that a
// password with an @ in it goes whole.
const USER_INFO = /(\/\/[^:/@\s"]*):(?:\\["\\]|[^\s"\\])*@/g;
const PASSWORD_PARAMETER = /\b(password|passwd|pwd)=(?:\\["\\]|[^&\s"\\])*/gi;

/** The text without the passwords of the database addresses in it: `postgres://user:***@host/db?password=***`. */
export function redact(text: string): string {
  return text.replace(USER_INFO, '$1:***@').replace(PASSWORD_PARAMETER, '$1=***');
}
