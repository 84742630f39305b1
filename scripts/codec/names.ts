import type protobuf from 'protobufjs';

/**
 * `range_end` -> `rangeEnd`, `ID` -> `id`, `peerURLs` -> `peerUrls`, `grantedTTL` -> `grantedTtl`.
 */
export function fieldName(name: string): string {
  const words = name
    .replace(/URLs/g, 'Urls')
    .split('_')
    .flatMap((part) => part.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g) ?? []);
  return words.map((word, index) => (index === 0 ? word.toLowerCase() : capitalized(word.toLowerCase()))).join('');
}

/** `RangeStream` -> `rangeStream`. */
export function methodName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * An enum's own name. If that is just `Type`, the name of its message precedes it: `SortOrder`,
 * `PermissionType`.
 */
export function enumName(declaration: protobuf.Enum): string {
  return declaration.name === 'Type' ? `${declaration.parent?.name}Type` : declaration.name;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
