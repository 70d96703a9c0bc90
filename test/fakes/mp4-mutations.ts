/** MP4 files with boxes moved, duplicated, omitted and overwritten, as by a forger or faulty memory. */
import fc from 'fast-check';

import { mp4Box } from './videos.ts';

const CONTAINERS: ReadonlySet<string> = new Set([
  'moov',
  'trak',
  'edts',
  'mdia',
  'minf',
  'stbl',
  'mvex',
  'moof',
  'traf',
  'udta',
]);
/** Numbers with a meaning in one field or another. */
const TELLING = [0, 1, 2, 48, 1000, 1024, 9216, 12_288, 36_864, 0x1_0000, 0x7fff_ffff, 0x8000_0000];

/** A box that can be changed: with inner boxes, or with bytes. */
interface Node {
  readonly type: string;
  readonly inside: Node[] | Buffer;
}

interface Place {
  readonly siblings: Node[];
  readonly index: number;
  readonly node: Node;
}

export interface Mutation {
  readonly kind: 'write' | 'multiply' | 'double' | 'leave-out' | 'copy' | 'copy-out';
  /** Which box, which field and which place for a copy: numbers taken modulo what exists. */
  readonly box: number;
  readonly field: number;
  readonly to: number;
}

export const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(
    ...(['write', 'write', 'multiply', 'double', 'leave-out', 'copy', 'copy-out'] as const),
  ),
  box: fc.nat(),
  field: fc.nat(),
  to: fc.nat(),
});

export function mutate(file: Buffer, mutations: readonly Mutation[]): Buffer {
  const nodes = parse(file);
  for (const mutation of mutations) apply(nodes, mutation);
  return serialize(nodes);
}

function apply(nodes: Node[], { kind, box, field, to }: Mutation): void {
  const places = [...placesIn(nodes)].filter(({ node }) => node.type !== 'mdat');
  const place = places[box % places.length];
  if (place === undefined) return;
  const { siblings, index, node } = place;
  switch (kind) {
    case 'write':
    case 'multiply':
      return writeOver(node, { kind, field, to });
    case 'double':
      return void siblings.splice(to % (siblings.length + 1), 0, copyOf(node));
    case 'leave-out':
      return void siblings.splice(index, 1);
    case 'copy': {
      const containers = places.flatMap((one) =>
        Array.isArray(one.node.inside) ? [one.node.inside] : [],
      );
      return void containers[to % containers.length]?.push(copyOf(node));
    }
    case 'copy-out':
      return void nodes.splice(to % (nodes.length + 1), 0, copyOf(node));
  }
}

function writeOver({ inside }: Node, { kind, field, to }: Pick<Mutation, 'kind' | 'field' | 'to'>) {
  if (Array.isArray(inside) || inside.length < 4) return;
  const offset = (field % Math.floor(inside.length / 4)) * 4;
  const telling = TELLING[to % TELLING.length] ?? 0;
  const value = kind === 'write' ? telling : inside.readUInt32BE(offset) * (2 + (to % 8));
  inside.writeUInt32BE(Math.min(value, 0xffff_ffff), offset);
}

function copyOf({ type, inside }: Node): Node {
  return { type, inside: Array.isArray(inside) ? inside.map(copyOf) : Buffer.from(inside) };
}

function* placesIn(siblings: Node[]): Generator<Place> {
  for (const [index, node] of siblings.entries()) {
    yield { siblings, index, node };
    if (Array.isArray(node.inside)) yield* placesIn(node.inside);
  }
}

function parse(bytes: Buffer): Node[] {
  const nodes: Node[] = [];
  for (let offset = 0; offset + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(offset);
    const type = bytes.toString('latin1', offset + 4, offset + 8);
    const content = Buffer.from(bytes.subarray(offset + 8, offset + size));
    nodes.push({ type, inside: CONTAINERS.has(type) ? parse(content) : content });
    offset += size;
  }
  return nodes;
}

function serialize(nodes: readonly Node[]): Buffer {
  return Buffer.concat(
    nodes.map(({ type, inside }) =>
      mp4Box(type, Array.isArray(inside) ? serialize(inside) : inside),
    ),
  );
}
