/** The messages between the bench and its sandbox process. */
import { z } from 'zod';

export const requestSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('burst'), count: z.int() }),
  z.object({ do: z.literal('set-render-time'), ms: z.int() }),
  z.object({ do: z.literal('wait-for-quiet'), timeoutMs: z.int() }),
  z.object({ do: z.literal('wait-for-videos'), timeoutMs: z.int() }),
  z.object({ do: z.literal('count-requests') }),
  z.object({ do: z.literal('tell-creates') }),
  z.object({ do: z.literal('tell-missing') }),
]);
export type Request = z.infer<typeof requestSchema>;

export const answerSchema = z.object({
  /** In the order of the requests; null is what never arrived. */
  milliseconds: z.array(z.number().nullable()).optional(),
  /** Of the sandbox’s own event loop: near 1 the sandbox is the bottleneck. */
  busyShare: z.number().optional(),
  /** Vendor requests by route; those with a status of 400 and above as `<route> refused`. */
  requests: z.record(z.string(), z.number()).optional(),
  /** The most tasks that were open at the vendor at one time. */
  mostOpen: z.number().optional(),
  /** When each task was created, since the first request, in milliseconds. */
  createdAfterMs: z.array(z.number()).optional(),
  /** When each video was shown, since the first request; null: never. */
  shownAfterMs: z.array(z.number().nullable()).optional(),
  /** What members last saw in place of a video, and their number. */
  endings: z.record(z.string(), z.number()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  folder: z.string().optional(),
});
export type Answer = z.infer<typeof answerSchema>;
