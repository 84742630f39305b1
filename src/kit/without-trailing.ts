/**
 * Removes the characters `character` at the end of a text. A regular expression would take
 * quadratic time.
 */
export function withoutTrailing(character: string, text: string): string {
  let end = text.length;
  while (text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
