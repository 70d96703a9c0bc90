/**
 * The machine-readable label of a video that a model made. Re-encoding loses the vendor's own marks,
 * and the law wants one to stay (EU AI Act, Article 50; in China GB 45438-2025, whose metadata key is
 * `AIGC`). The vendor's own `AIGC` label is carried over where it has one.
 */
import { UntrustedContentError } from '../../errors.ts';
import { withByteSource } from '../formats/byte-source.ts';
import { metadataTags } from '../formats/metadata-tags.ts';
import { readDescription } from '../formats/mp4-boxes.ts';

const AIGC = 'AIGC';
/** A label has some hundred characters; more is no label, and would not pass as an argument. */
const MAX_LABEL_LENGTH = 4096;
/** `Label` 1: it is generated (GB 45438-2025, appendix E). */
const OUR_LABEL = JSON.stringify({ Label: '1', ContentProducer: 'Seedance' });
/** The name that IPTC gives to media made by a model. */
const OUR_COMMENT =
  'AI-generated video made with Seedance. Digital source type: http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/** Arguments of ffmpeg that write the label, and nothing else of the original's metadata. */
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
    // Metadata that cannot be read has no label to keep.
    if (error instanceof RangeError || error instanceof UntrustedContentError) return undefined;
    throw error;
  }
}
