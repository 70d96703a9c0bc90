/**
 * The machine-readable label of AI-generated videos. Re-encoding removes the vendor's own marks, but the
 * law requires a label (EU AI Act, Article 50; in China GB 45438-2025, with the metadata key `AIGC`). The
 * vendor's own `AIGC` label is kept if there is one.
 */
import { UntrustedContentError } from '../../errors.ts';
import { withByteSource } from '../formats/byte-source.ts';
import { metadataTags } from '../formats/metadata-tags.ts';
import { readDescription } from '../formats/mp4-boxes.ts';

const AIGC = 'AIGC';
/** A label has a few hundred characters. Longer text is not a label and too long for an argument. */
const MAX_LABEL_LENGTH = 4096;
/** `Label` 1 means "generated" (GB 45438-2025, appendix E). */
const OUR_LABEL = JSON.stringify({ Label: '1', ContentProducer: 'Seedance' });
/** IPTC's term for media made by a model. */
const OUR_COMMENT =
  'AI-generated video made with Seedance. Digital source type: http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/** Returns ffmpeg arguments that write the label and drop all other metadata of the original. */
export async function labelArguments(inputPath: string): Promise<string[]> {
  const label = (await labelOf(inputPath)) ?? OUR_LABEL;
  return [
    '-map_metadata',
    '-1',
    '-metadata',
    `${AIGC}=${label}`,
    '-metadata',
    `comment=${OUR_COMMENT}`,
  ];
}

async function labelOf(path: string): Promise<string | undefined> {
  try {
    const description = await withByteSource({ path }, readDescription);
    const label = metadataTags(description).get(AIGC);
    const isUsable = label !== undefined && label !== '' && label.length <= MAX_LABEL_LENGTH;
    return isUsable && !label.includes('\0') ? label : undefined;
  } catch (error) {
    // Unreadable metadata has no label to keep.
    if (error instanceof RangeError || error instanceof UntrustedContentError) return undefined;
    throw error;
  }
}
