/** The nodes of jsonata's own syntax tree, as far as they are looked at; its types leave most of them out. */
export type Node = {
  type: string;
  value?: unknown;
  position?: number;
  name?: string;
  procedure?: Node;
  arguments?: Node[];
  steps?: Node[];
  stages?: { type: string; expr?: Node; value?: string }[];
  predicate?: { type: string; expr?: Node; value?: string }[];
  group?: { lhs: [Node, Node][] };
  terms?: { expression: Node }[];
  expressions?: Node[];
  expression?: Node;
  lhs?: Node | [Node, Node][];
  rhs?: Node;
  body?: Node;
  condition?: Node;
  then?: Node;
  else?: Node;
  pattern?: Node;
  update?: Node;
  delete?: Node;
  focus?: string;
  index?: string;
};

/** Where a node's text begins; a path has no position of its own. */
export function startOf(node: Node): number | undefined {
  if (node.position !== undefined) return node.position;
  const first = node.steps?.[0] ?? node.arguments?.[0];
  return first === undefined ? undefined : startOf(first);
}
