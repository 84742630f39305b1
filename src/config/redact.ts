// The text may be a line of JSON, where quotes and backslashes are escaped. The greedy middle runs to the last @, so that a
// password with an @ in it goes whole.
const USER_INFO = /(\/\/[^:/@\s"]*):(?:\\["\\]|[^\s"\\])*@/g;
const PASSWORD_PARAMETER = /\b(password|passwd|pwd)=(?:\\["\\]|[^&\s"\\])*/gi;
const PASSWORD_MEMBER = /("password":")(?:\\.|[^"\\])*"/gi;

/** A line of text without the passwords of the database addresses in it: `postgres://user:***@host/db?password=***`. */
export function redact(text: string): string {
  return text.replace(USER_INFO, '$1:***@').replace(PASSWORD_PARAMETER, '$1=***').replace(PASSWORD_MEMBER, '$1***"');
}

/**
 * A text that is one address as a whole, without what may be its password, whatever letters that has: in an address that
 * could not be read, blanks and quotes may be part of it.
 */
export function hideCredentials(address: string): string {
  return redact(address.replace(/\b(password)=[^&]*/gi, '$1=***').replace(/\/\/.*@/s, '//***@'));
}
