/** The first `lengthMax` characters of a text, and the number of the others. */
export function shortened(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax) + moreCharacters(text.length - lengthMax);
}

/** The end of a text that was cut. */
export function moreCharacters(count: number): string {
  return `... (${count} more characters)`;
}
