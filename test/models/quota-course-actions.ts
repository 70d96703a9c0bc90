/** The possible events of a course, and the small rules of its model. */
import type { LimitTarget } from '#src/quota/limits/stored-limits.ts';

export type AccountName = 'server' | 'alice' | 'bob';
export type LimitName = 'server' | 'alice' | 'role' | 'everyone';

export type CourseAction =
  | { do: 'hold'; job: number; credits: number }
  | { do: 'settle'; job: number; credits: number }
  | { do: 'submit'; job: number }
  | { do: 'release'; job: number; book: 'notBilled' | 'lost' }
  | { do: 'grant' | 'deduct'; step: number; account: AccountName; credits: number }
  | { do: 'reset'; step: number; account: AccountName }
  | { do: 'limit'; whose: LimitName; credits: number; per: 'day' | 'month' }
  | { do: 'clear'; whose: LimitName }
  | { do: 'role'; has: boolean }
  | { do: 'maxCost'; credits: number }
  | { do: 'block'; isBlocked: boolean }
  | { do: 'zone'; hours: number }
  | { do: 'wait'; hours: number }
  | { do: 'restart' };

export interface ModelLimit {
  readonly credits: number;
  readonly per: 'day' | 'month';
}

export const GUILD = 'guild';
export const ROLE = 'role';

export const TARGETS = {
  server: { scope: 'server' },
  alice: { scope: 'user', memberId: 'alice' },
  role: { scope: 'role', roleId: ROLE },
  everyone: { scope: 'role', roleId: GUILD },
} as const satisfies Record<LimitName, LimitTarget>;

export function nameOf(number: number): { id: string; memberId: 'alice' | 'bob' } {
  return { id: `job ${number}`, memberId: number % 2 === 0 ? 'alice' : 'bob' };
}

/** Ordered by the amount in thirty days. */
export function mostGenerous(
  one: ModelLimit | undefined,
  other: ModelLimit | undefined,
): ModelLimit | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const monthlyAmount = ({ credits, per }: ModelLimit): number =>
    credits * (per === 'day' ? 30 : 1);
  return monthlyAmount(other) > monthlyAmount(one) ? other : one;
}

/** A zone without summer time; its sign is the wrong way round by POSIX tradition. */
export function zoneName(hours: number): string {
  if (hours === 0) return 'UTC';
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

export async function outcomeOf(step: Promise<unknown>): Promise<string> {
  return step.then(
    () => 'held',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );
}

export function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
