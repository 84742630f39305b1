/** The first `lengthMax` characters of a text, and how many follow. */
export function shortened(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax) + moreCharacters(text.length - lengthMax);
}

/** What stands where a text was cut. */
export function moreCharacters(count: number): string {
  return `... (${count} more characters)`;
}
