/**
 * The object or list in a text of JSON; undefined if the text is neither. Integers that a number
 * cannot hold become bigints, where the browser passes their text.
 */
export function parseJson(text: string): { readonly value: object } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text, exact) };
  } catch {
    return undefined;
  }
}

function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  const isExact = typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined;
  return isExact || !/^-?\d+$/.test(source) ? value : BigInt(source);
}

/**
 * JSON with one member a line. Only white space changes: numbers keep all digits, and repeated
 * names stay.
 */
export function prettyJson(json: string): string {
  let pretty = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/gs) ?? [];
  for (const [index, token] of tokens.entries()) {
    const isEmpty = /^[[{]$/.test(tokens[index - 1] ?? '') && /^[\]}]$/.test(token);
    if (token === '}' || token === ']') {
      depth -= 1;
      pretty += isEmpty ? token : line() + token;
    } else if (token === '{' || token === '[') {
      depth += 1;
      pretty += /^[\]}]$/.test(tokens[index + 1] ?? '') ? token : token + line();
    } else pretty += token === ',' ? token + line() : token === ':' ? ': ' : token;
  }
  return pretty;
}
