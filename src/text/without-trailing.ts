/** A text without the characters `character` at its end. The regular expression for it would take quadratic time. */
export function withoutTrailing(character: string, text: string): string {
  let end = text.length;
  while (text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
