/** Whether a message of ours carries a job's finished video, as Discord shows the message to us. */
import { z } from 'zod';

import type { Job } from '../../jobs/record/job.ts';
import type { SeenMessage } from '../rest/search-messages.ts';
import { downloadLink } from './job-message.ts';
import { videoFileName } from './upload-file.ts';

const componentSchema = z.looseObject({
  content: z.string().optional(),
  items: z.array(z.looseObject({ media: z.looseObject({ url: z.string() }) })).optional(),
  components: z.array(z.unknown()).optional(),
});

/**
 * By the shown file's own name, or by our link to it. That a text mentions either counts for
 * nothing: prompts are quoted in messages of ours, and members may write what they like.
 */
export function findVideo(
  { components }: Pick<SeenMessage, 'components'>,
  job: Pick<Job, 'id' | 'result' | 'locale'>,
): 'video' | 'link' | undefined {
  for (const component of components) {
    const parsed = componentSchema.safeParse(component);
    if (!parsed.success) continue;
    const { content = '', items = [], components: inner = [] } = parsed.data;
    if (items.some(({ media }) => fileNameIn(media.url) === videoFileName(job))) return 'video';
    if (content.includes(downloadLink(job))) return 'link';
    const found = findVideo({ components: inner }, job);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fileNameIn(url: string): string | undefined {
  return URL.parse(url)?.pathname.split('/').at(-1);
}
