/** The possible mutations of each kind of node. */
import { child, children, type Node } from './syntax.ts';

export interface Change {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The code that shows a reader what the mutation is about. */
  readonly around: { readonly start: number; readonly end: number };
}

type Changes = (node: Node, ancestors: readonly Node[], source: string) => Change[];

const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
};

/** Calls that filter, order or cut their subject, and whose removal still compiles. */
const DROPPED_CALLS = new Set(
  [
    'where',
    'andWhere',
    'orderBy',
    'groupBy',
    'distinct',
    'limit',
    'forUpdate',
    'filter',
    'sort',
  ].concat(['toSorted', 'reverse', 'toReversed', 'trim', 'toLowerCase', 'slice']),
);

const EXCHANGED_CALLS: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  round: 'floor',
  some: 'every',
  every: 'some',
};

/** The comparisons of a query builder. */
const QUERY_OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '=': '!=',
  '!=': '=',
};

const TABLE: Readonly<Record<string, Changes>> = {
  BinaryExpression: changeOperator,
  LogicalExpression: changeOperator,
  UnaryExpression: (node) => {
    const argument = child(node, 'argument');
    if (node['operator'] !== '!' || argument === undefined) return [];
    return [{ kind: 'negation', start: node.start, end: argument.start, text: '', around: node }];
  },
  IfStatement: (node, _ancestors, source) => [
    ...negateTest(node, source),
    ...(child(node, 'alternate') === undefined ? replace(node, 'removed statement', '{}') : []),
  ],
  ConditionalExpression: (node, _ancestors, source) => negateTest(node, source),
  Literal: changeLiteral,
  ExpressionStatement: (node) => {
    const isDirective = typeof node['directive'] === 'string';
    if (isDirective || child(child(node, 'expression') ?? node, 'callee')?.type === 'Super')
      return [];
    return replace(node, 'removed statement', ';');
  },
  AwaitExpression: (node, _ancestors) => {
    const argument = child(node, 'argument');
    if (argument === undefined) return [];
    return [
      { kind: 'removed await', start: node.start, end: argument.start, text: '', around: node },
    ];
  },
  CallExpression: changeCall,
  ObjectExpression: (node, ancestors, source) =>
    isTable(ancestors) ? [] : dropOne(node, children(node, 'properties'), 'removed field', source),
  ArrayExpression: (node, _ancestors, source) => {
    const elements = children(node, 'elements');
    return elements.length < 2 ? [] : dropOne(node, elements, 'removed element', source);
  },
  SwitchCase: (node, ancestors) => {
    const cases = children(ancestors[0] ?? node, 'cases');
    const hasDefault = cases.some((one) => child(one, 'test') === undefined);
    return hasDefault && child(node, 'test') !== undefined ? replace(node, 'removed case', '') : [];
  },
};

export function changesOf(node: Node, ancestors: readonly Node[], source: string): Change[] {
  return TABLE[node.type]?.(node, ancestors, source) ?? [];
}

function replace(node: Node, kind: string, text: string): Change[] {
  return [{ kind, start: node.start, end: node.end, text, around: node }];
}

function changeOperator(node: Node, _ancestors: readonly Node[], source: string): Change[] {
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  const operator = String(node['operator']);
  if (left === undefined || right === undefined) return [];
  if (operator === '??') {
    return [{ kind: 'default only', start: left.start, end: right.start, text: '', around: node }];
  }
  const other = OPERATORS[operator];
  if (other === undefined || (operator === '+' && [left, right].some(isText))) return [];
  const start = left.end + source.slice(left.end, right.start).indexOf(operator);
  return [{ kind: 'operator', start, end: start + operator.length, text: other, around: node }];
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || typeof node['value'] === 'string';
}

function negateTest(node: Node, source: string): Change[] {
  const test = child(node, 'test');
  if (test === undefined) return [];
  const text = `!(${source.slice(test.start, test.end)})`;
  return [{ kind: 'negated condition', start: test.start, end: test.end, text, around: test }];
}

function changeLiteral(node: Node, ancestors: readonly Node[]): Change[] {
  const { value } = node;
  const around = ancestors[0] ?? node;
  const { start, end } = node;
  if (typeof value === 'boolean') {
    return [{ kind: 'boolean', start, end, text: String(!value), around }];
  }
  if (typeof value !== 'number') return [];
  return [{ kind: 'constant', start, end, text: String(value + 1), around }];
}

function changeCall(node: Node, _ancestors: readonly Node[], source: string): Change[] {
  const callee = child(node, 'callee');
  const passed = children(node, 'arguments');
  const last = passed.length > 1 ? passed.at(-1) : undefined;
  const before = passed.at(-2);
  const shorter =
    last === undefined || before === undefined
      ? []
      : [{ kind: 'removed argument', start: before.end, end: last.end, text: '', around: node }];
  const [object, method] =
    callee === undefined ? [] : [child(callee, 'object'), child(callee, 'property')];
  if (object === undefined || method === undefined) return shorter;
  const name = String(method['name']);
  const { start, end } = method;
  const other = EXCHANGED_CALLS[name];
  return [
    ...(DROPPED_CALLS.has(name)
      ? [
          {
            kind: 'removed call',
            start: object.end,
            end: node.end,
            text: '',
            around: method.end < node.end ? { start: method.start, end: node.end } : node,
          },
        ]
      : shorter),
    ...(other === undefined ? [] : [{ kind: 'call', start, end, text: other, around: node }]),
    ...passed.slice(1, 2).flatMap((argument) => changeQueryOperator(argument, node, source)),
  ];
}

function changeQueryOperator(argument: Node, around: Node, source: string): Change[] {
  const { start, end } = argument;
  const other = QUERY_OPERATORS[String(argument['value'])];
  if (!isText(argument) || other === undefined) return [];
  const quote = source.slice(start, start + 1);
  return [{ kind: 'operator', start, end, text: `${quote}${other}${quote}`, around }];
}

/** Each part of a list once, with the comma after it. */
function dropOne(node: Node, parts: readonly Node[], kind: string, source: string): Change[] {
  return parts.map((part) => {
    const comma = /^\s*,/.exec(source.slice(part.end, node.end))?.[0] ?? '';
    return { kind, start: part.start, end: part.end + comma.length, text: '', around: part };
  });
}

/** A table at the top of a file: TypeScript checks that it is complete. */
function isTable(ancestors: readonly Node[]): boolean {
  return !ancestors.some(({ type }) => /Function|Method|PropertyDefinition/.test(type));
}
