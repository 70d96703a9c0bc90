/** Mutations: mistakes that an engineer could make, one at a time, in a file that still parses. */
import { changesOf, type Change } from './changes.ts';
import { child, children, parse, walk, type Node } from './syntax.ts';

export interface Mutation {
  /** Path below the root, with slashes. */
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  /** The original and its replacement, on one line each and shortened; they name the mutation to people. */
  readonly before: string;
  readonly after: string;
  /** The whole file with the mutation. */
  readonly mutated: string;
}

const SHOWN_LENGTH = 90;

export function mutationsOf(file: string, source: string): Mutation[] {
  const found: Mutation[] = [];
  walk(parse(source), isOnlyTold, (node, ancestors) => {
    for (const change of changesOf(node, ancestors, source)) found.push(describe(change));
  });
  return found.filter(({ mutated }) => mutated !== source);

  function describe({ kind, start, end, text, around }: Change): Mutation {
    const mutated = source.slice(0, start) + text + source.slice(end);
    const grown = text.length - (end - start);
    return {
      file,
      line: source.slice(0, start).split('\n').length,
      kind,
      before: shown(source.slice(around.start, around.end)),
      after: shown(mutated.slice(around.start, around.end + grown)),
      mutated,
    };
  }
}

/** Text for people is not mutated: log lines and error messages. */
function isOnlyTold(node: Node): boolean {
  const statement = node.type === 'ExpressionStatement' ? child(node, 'expression') : undefined;
  if (statement !== undefined) return isOnlyTold(statement);
  if (node.type === 'CallExpression') {
    const callee = child(node, 'callee');
    const owner = callee === undefined ? undefined : child(callee, 'object');
    return owner !== undefined && /^#?logger$/.test(nameOf(owner));
  }
  return (
    node.type === 'ThrowStatement' &&
    children(child(node, 'argument') ?? node, 'arguments').length < 2
  );
}

/** `logger` of `logger`, `this.#logger` and `app.logger`. */
function nameOf(node: Node): string {
  const named = child(node, 'property') ?? node;
  return typeof named['name'] === 'string' ? named['name'] : '';
}

function shown(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= SHOWN_LENGTH ? line : `${line.slice(0, SHOWN_LENGTH - 1)}…`;
}
