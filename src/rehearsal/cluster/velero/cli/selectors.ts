import type { KubeObject } from '../../host.ts';

/** A label selector as the CLI takes it, in the structure that objects have: `app=web,tier!=db,env in (a,b),owner,!old`. */
function structuredSelector(text: string): KubeObject {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: KubeObject[] = [];
  for (const term of text.split(/,(?![^(]*\))/)) {
    const set = /^\s*(\S+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(term);
    const pair = /^\s*([^\s=!]+)\s*(==?|!=)\s*(\S*)\s*$/.exec(term);
    const lone = /^\s*(!?)\s*(\S+)\s*$/.exec(term);
    if (set !== null) {
      const values = (set[3] ?? '').split(',').map((value) => value.trim());
      matchExpressions.push({ key: set[1], operator: set[2] === 'in' ? 'In' : 'NotIn', values });
    } else if (pair !== null) {
      const [, key = '', operator, value = ''] = pair;
      if (operator === '!=') matchExpressions.push({ key, operator: 'NotIn', values: [value] });
      else matchLabels[key] = value;
    } else if (lone !== null)
      matchExpressions.push({ key: lone[2], operator: lone[1] === '!' ? 'DoesNotExist' : 'Exists' });
    else throw new Error(`couldn't parse the selector string ${JSON.stringify(text)}`);
  }
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

/** What `--selector` and `--or-selector` make of a spec; they exclude each other. */
export function selectorsOf(selector: string | undefined, orSelector: string | undefined): KubeObject {
  return {
    ...(selector !== undefined && { labelSelector: structuredSelector(selector) }),
    ...(orSelector !== undefined && { orLabelSelectors: orSelector.split(' or ').map(structuredSelector) }),
  };
}
