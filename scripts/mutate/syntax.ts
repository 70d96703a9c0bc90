/** The syntax tree of a source file, as far as mutations need it. */
import { parseAst } from 'vitest/node';

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Runs for a node and its ancestors, nearest first. */
export type Visitor = (node: Node, ancestors: readonly Node[]) => void;

export function parse(source: string): Node {
  const program: unknown = parseAst(source, { lang: 'ts' });
  if (!isNode(program)) throw new TypeError('the parser returned no syntax tree');
  return program;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The node in a field, if any. */
export function child(node: Node, field: string): Node | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

export function children(node: Node, field: string): readonly Node[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Visits each node that runs, without types, imports and what `isSkipped` selects, including their children. */
export function walk(root: Node, isSkipped: (node: Node) => boolean, visit: Visitor): void {
  const enter = (node: Node, ancestors: readonly Node[]): void => {
    if (isStatic(node) || isSkipped(node)) return;
    visit(node, ancestors);
    const inner = [node, ...ancestors];
    for (const value of Object.values(node)) {
      for (const next of [value].flat()) if (isNode(next)) enter(next, inner);
    }
  };
  enter(root, []);
}

/** Casts wrap code that runs; every other TypeScript node is erased. */
const CASTS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

function isStatic({ type }: Node): boolean {
  return (type.startsWith('TS') && !CASTS.has(type)) || type === 'ImportDeclaration';
}
