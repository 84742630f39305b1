// The text may be a line of JSON, where quotes and backslashes are escaped.
const USER_NAME = /\/\/(?:\\["\\]|[^:/@\s"\\])*:/g;
const REST_OF_ADDRESS = /(?:\\["\\]|[^\s"\\])*/y;
const PASSWORD_PARAMETER = /\b(password|passwd|pwd)=(?:\\["\\]|[^&\s"\\])*/gi;
const PASSWORD_MEMBER = /("password":")(?:\\.|[^"\\])*"/gi;

/**
 * A line of text without the passwords of the database addresses in it: `postgres://user:***@host/db?password=***`.
 * Takes linear time: every line of the log passes here, with texts of clients in it.
 */
export function redact(text: string): string {
  return withoutUserPasswords(text).replace(PASSWORD_PARAMETER, '$1=***').replace(PASSWORD_MEMBER, '$1***"');
}

/** A password reaches to the last @ of its address, so that one with an @ in it goes whole. */
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
    // No second password is in the same address, and looking for one at each of its slashes would take quadratic time.
    USER_NAME.lastIndex = start + rest.length;
  }
  return redacted + text.slice(doneTo);
}

/**
 * A text that is one address as a whole, without what may be its password, whatever letters that has: in an address that
 * could not be read, blanks and quotes may be part of it.
 */
export function hideCredentials(address: string): string {
  return redact(withoutUserInfo(address.replace(/\b(password)=[^&]*/gi, '$1=***')));
}

function withoutUserInfo(address: string): string {
  const start = address.indexOf('//');
  const end = address.lastIndexOf('@');
  return start < 0 || end < start + 2 ? address : `${address.slice(0, start)}//***${address.slice(end)}`;
}
