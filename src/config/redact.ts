// The text may be a line of JSON, where quotes and backslashes are escaped.
const USER_NAME = /\/\/(?:\\["\\]|[^:/@\s"\\])*:/g;
const REST_OF_ADDRESS = /(?:\\["\\]|[^\s"\\])*/y;
const PASSWORD_PARAMETER = /\b(password|passwd|pwd)=(?:\\["\\]|[^&\s"\\])*/gi;
const PASSWORD_MEMBER = /("password":")(?:\\.|[^"\\])*"/gi;

/**
 * Removes the passwords of database addresses from a line of text:
 * `postgres://user:***@host/db?password=***`. Takes linear time, because every log line is passed
 * here, with texts of clients in it.
 */
export function redact(text: string): string {
  return withoutUserPasswords(text).replace(PASSWORD_PARAMETER, '$1=***').replace(PASSWORD_MEMBER, '$1***"');
}

/**
 * A password ends at the last @ of its address, so a password that contains an @ is removed
 * completely.
 */
function withoutUserPasswords(text: string): string {
  let redacted = '';
  let doneTo = 0;
  USER_NAME.lastIndex = 0;
  for (let name = USER_NAME.exec(text); name !== null; name = USER_NAME.exec(text)) {
    const start = USER_NAME.lastIndex;
    REST_OF_ADDRESS.lastIndex = start;
    const [rest = ''] = REST_OF_ADDRESS.exec(text) ?? [];
    const passwordLength = rest.lastIndexOf('@');
    if (passwordLength >= 0) {
      redacted += `${text.slice(doneTo, start)}***`;
      doneTo = start + passwordLength;
    }
    // An address has only one password. A search at each of its slashes would take quadratic time.
    USER_NAME.lastIndex = start + rest.length;
  }
  return redacted + text.slice(doneTo);
}

/**
 * Removes everything that may be a password from a text that is one address, whatever characters it
 * contains. In an address that could not be parsed, blanks and quotes may be part of the password.
 */
export function hideCredentials(address: string): string {
  return redact(withoutUserInfo(address.replace(/\b(password)=[^&]*/gi, '$1=***')));
}

function withoutUserInfo(address: string): string {
  const start = address.indexOf('//');
  const end = address.lastIndexOf('@');
  return start < 0 || end < start + 2 ? address : `${address.slice(0, start)}//***${address.slice(end)}`;
}
