/** A metric as an expression asks for it, with the labels that it is matched by. */
export type Asked = { metric: string; labels: string[] };

const KEYWORDS = ['and', 'or', 'unless', 'bool', 'offset'];
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** A name that no parenthesis follows, else it is a function; a unit of time follows a digit. */
const METRIC = /(?<![\w:.])([a-zA-Z_:][\w:]*)(?![\w:])(\{[^}]*\})?(?!\s*\()/g;

/** Expression without what its strings say. */
const bare = (expression: string): string => expression.replace(/"[^"]*"/g, '""');

/** https://prometheus.io/docs/prometheus/latest/querying/basics/ */
export function metricsOf(expression: string): Asked[] {
  return [...bare(expression).replace(GROUPING, ' ').matchAll(METRIC)]
    .filter(([, name]) => !KEYWORDS.includes(name ?? ''))
    .map(([, metric = '', matchers = '']) => ({
      metric,
      labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label),
    }));
}

/** Every label that the expression aggregates or joins by. */
export const groupedBy = (expression: string): string[] =>
  [...bare(expression).matchAll(GROUPING)]
    .flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()))
    .filter((label) => label !== '');

/** Every label that an aggregation keeps; undefined where there is no aggregation to lose any. */
export function keptBy(expression: string): string[] | undefined {
  const kept = [...bare(expression).matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
  if (kept.length > 0) return kept;
  return /\b(?:sum|min|max|count|group)\s*\(/.test(expression) ? [] : undefined;
}
