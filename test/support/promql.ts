/**
 * The metrics and labels in PromQL expressions, for the part of the language that dashboards and
 * alert rules use.
 */

/** A metric that an expression reads. */
export interface UsedMetric {
  readonly name: string;
  readonly matchers: readonly LabelMatcher[];
}

export interface LabelMatcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface UsedNames {
  readonly metrics: readonly UsedMetric[];
  /** Labels by which results are grouped or joined. */
  readonly groupLabels: readonly string[];
}

const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)/g;
const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'by', 'without', 'on', 'ignoring', 'inf', 'nan']);
/** A name that no parenthesis follows, and its matchers. */
const selector = /(?<![\w:$.])([a-zA-Z_:][\w:]*)\b(?!\s*\()\s*(\{[^{}]*\})?/g;

/** The metrics and labels of an expression, without the ones that belong to `$variables`. */
export function namesInExpression(expression: string): UsedNames {
  // Text in quotes is ignored.
  const texts: string[] = [];
  const bare = expression.replaceAll(/"((?:\\.|[^"\\])*)"/g, (_quoted, text: string) => `"${texts.push(text) - 1}"`);
  const groupLabels = [...bare.matchAll(grouping)].flatMap(([, labels = '']) => words(labels));
  const rest = bare.replaceAll(grouping, ' ').replaceAll(/\[[^\]]*\]/g, ' ');
  const metrics = [...rest.matchAll(selector)]
    .filter(([, name = '']) => !keywords.has(name.toLowerCase()))
    .map(([, name = '', matchers = '']) => ({ name, matchers: parseMatchers(matchers, texts) }));
  return { metrics, groupLabels: [...new Set(groupLabels)] };
}

function parseMatchers(text: string, texts: readonly string[]): readonly LabelMatcher[] {
  return [...text.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"(\d+)"/g)].map(([, label = '', operator = '', index = '']) => ({
    label,
    operator: operator as LabelMatcher['operator'],
    value: texts[Number(index)] ?? '',
  }));
}

function words(list: string): readonly string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
