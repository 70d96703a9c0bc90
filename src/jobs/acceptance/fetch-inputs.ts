/**
 * Fetches the pictures, videos and sounds of an order, inspects their bytes and stores them under
 * generated names. They are copied because Discord's links expire.
 */
import { modelOf } from '../../catalogue/models.ts';
import type { ReferenceClip } from '../../catalogue/plan/reference-clips.ts';
import type { InputRole, VideoRequest } from '../../catalogue/request.ts';
import { MINUTE, SECOND } from '../../clock.ts';
import { UntrustedContentError, UserError } from '../../errors.ts';
import { DownloadError } from '../../media/download/download-error.ts';
import type { SafeFetch } from '../../media/download/safe-fetch.ts';
import { DiskFullError } from '../../media/files/disk.ts';
import type { FileOwner } from '../../media/files/file-uses.ts';
import type { StoredFiles } from '../../media/files/stored-files.ts';
import { BASE_IMAGE_TYPES, HEIF_IMAGE_TYPES } from '../../media/inspection/image-limits.ts';
import {
  checkTogether,
  inspectImage,
  MAX_IMAGE_BYTES,
} from '../../media/inspection/inspect-image.ts';
import {
  inspectReferenceAudio,
  inspectReferenceVideo,
} from '../../media/inspection/inspect-reference.ts';
import {
  MAX_REFERENCE_AUDIO_BYTES,
  MAX_REFERENCE_VIDEO_BYTES,
  REFERENCE_LIMITS_2_5,
} from '../../media/inspection/reference-limits.ts';
import type { TextKey } from '../../text/resources.ts';
import { text, type Text } from '../../text/text.ts';
import type { JobInput } from '../record/job.ts';

const FETCH_TIMEOUT_MS = 60 * SECOND;
const VIDEO_FETCH_TIMEOUT_MS = 5 * MINUTE;

/** The widest limits of any model. The catalogue checks the chosen model's own limits later. */
const WIDEST_LIMITS = REFERENCE_LIMITS_2_5;

/** A file attached to a command. Its name and declared size are untrusted. */
export interface Attachment {
  readonly role: InputRole;
  readonly url: string;
  readonly fileName: string;
  readonly declaredBytes: number;
  /** Pixels of a picture as declared by Discord; the bytes decide. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface InputDependencies {
  readonly storedFiles: StoredFiles;
  readonly safeFetch: SafeFetch;
}

export interface CollectedInputs {
  readonly inputs: JobInput[];
  /** The reference videos and sounds, whose lengths decide price and limits. */
  readonly clips: ReferenceClip[];
}

interface ToCollect {
  readonly request: VideoRequest;
  readonly attachments: readonly Attachment[];
  /** Defaults to what the model of the request supports. */
  readonly mayHaveHeif?: boolean | undefined;
}

interface Wanted extends Attachment {
  readonly label: Text;
}

interface Looked {
  readonly input: Omit<JobInput, 'file'>;
  readonly byteLength: number;
  readonly clip?: ReferenceClip;
}

const MAX_BYTES: Readonly<Record<InputRole, number>> = {
  first_frame: MAX_IMAGE_BYTES,
  last_frame: MAX_IMAGE_BYTES,
  reference_image: MAX_IMAGE_BYTES,
  reference_video: MAX_REFERENCE_VIDEO_BYTES,
  reference_audio: MAX_REFERENCE_AUDIO_BYTES,
};

/**
 * Checks the sizes that Discord declares, before any file is fetched. The real sizes are checked
 * again later.
 *
 * @throws UserError for files that are too large, one by one or together
 */
export function checkDeclaredSizes(attachments: readonly Attachment[]): void {
  for (const { role, declaredBytes, label } of addLabels(attachments)) {
    const maxBytes = MAX_BYTES[role];
    if (declaredBytes < maxBytes) continue;
    throw new UserError(
      text('orders:fileTooLarge', { file: label, most: Math.round(maxBytes / 1_000_000) }),
    );
  }
  const pictures = attachments.filter(({ role }) => MAX_BYTES[role] === MAX_IMAGE_BYTES);
  checkTogether(pictures.map(({ declaredBytes: byteLength }) => ({ byteLength })));
}

/**
 * Fetches, inspects and stores every file of an order, reserved for its job. When it throws, the
 * caller releases what was reserved.
 *
 * @throws UserError that names the file, the problem and the fix
 */
export async function collectInputs(
  owner: FileOwner,
  { request, attachments, mayHaveHeif }: ToCollect,
  dependencies: InputDependencies,
): Promise<CollectedInputs> {
  const wanted = addLabels(attachments);
  const canReadHeif = mayHaveHeif === true || modelOf(request.model).canReadHeif;
  const looking = wanted.map(async (one) => keep(one, { owner, canReadHeif, ...dependencies }));
  // Wait for all of them, so that no file is stored after the caller has released the others.
  await Promise.allSettled(looking);
  const looked = await Promise.all(looking);
  checkTogether(looked.filter(({ input }) => MAX_BYTES[input.role] === MAX_IMAGE_BYTES));
  return {
    inputs: looked.map(({ input }) => input),
    clips: looked.flatMap(({ clip }) => clip ?? []),
  };
}

/** The plan allows one first and one last frame, so their labels need no number. */
const LABELS: Readonly<Record<InputRole, { one: TextKey; numbered: TextKey }>> = {
  first_frame: { one: 'media:firstFrame', numbered: 'media:firstFrame' },
  last_frame: { one: 'media:lastFrame', numbered: 'media:lastFrame' },
  reference_image: { one: 'media:referenceImage', numbered: 'media:referenceImageNumber' },
  reference_video: { one: 'media:referenceVideo', numbered: 'media:referenceVideoNumber' },
  reference_audio: { one: 'media:referenceSound', numbered: 'media:referenceSoundNumber' },
};

/** Adds the label that a member sees, such as "reference image 2". */
function addLabels(attachments: readonly Attachment[]): Wanted[] {
  return attachments.map((attachment) => {
    const { role } = attachment;
    const alike = attachments.filter((other) => other.role === role);
    const { one, numbered } = LABELS[role];
    const label =
      alike.length === 1 ? text(one) : text(numbered, { number: alike.indexOf(attachment) + 1 });
    return { ...attachment, label };
  });
}

interface Keeping extends InputDependencies {
  readonly owner: FileOwner;
  readonly canReadHeif: boolean;
}

interface KeptInput extends Looked {
  readonly input: JobInput;
}

async function keep(wanted: Wanted, keeping: Keeping): Promise<KeptInput> {
  const { storedFiles, owner, canReadHeif } = keeping;
  try {
    const file = { ...owner, folder: 'inputs', isRefusable: true } as const;
    const { name, facts } = await storedFiles.keep(file, async (path) => {
      await fetchFile(wanted, path, keeping);
      return inspect(wanted, path, canReadHeif);
    });
    return { ...facts, input: { ...facts.input, file: name } };
  } catch (error) {
    throw toUserError(error, wanted);
  }
}

/** Streams to disk, so that no whole file is held in memory. */
async function fetchFile(
  { role, url }: Wanted,
  path: string,
  { safeFetch }: InputDependencies,
): Promise<void> {
  await safeFetch.downloadToFile(url, path, {
    kind: 'attachment',
    maxBytes: MAX_BYTES[role],
    timeoutMs: role === 'reference_video' ? VIDEO_FETCH_TIMEOUT_MS : FETCH_TIMEOUT_MS,
  });
}

async function inspect(wanted: Wanted, path: string, canReadHeif: boolean): Promise<Looked> {
  switch (wanted.role) {
    case 'reference_video':
      return inspectVideo(wanted, path);
    case 'reference_audio':
      return inspectAudio(wanted, path);
    default:
      return inspectPicture(wanted, path, canReadHeif);
  }
}

async function inspectPicture(
  { role, url, label, fileName }: Wanted,
  path: string,
  canReadHeif: boolean,
): Promise<Looked> {
  const allowedTypes = canReadHeif ? [...BASE_IMAGE_TYPES, ...HEIF_IMAGE_TYPES] : BASE_IMAGE_TYPES;
  const facts = await inspectImage({ path }, { label, fileName, allowedTypes });
  const { mimeType, width, height, byteLength } = facts;
  return { input: { role, mimeType, width, height, sourceUrl: url }, byteLength };
}

async function inspectAudio({ url, label, fileName }: Wanted, path: string): Promise<Looked> {
  const facts = await inspectReferenceAudio({ path }, { label, fileName, limits: WIDEST_LIMITS });
  const { mimeType, byteLength, seconds } = facts;
  const role = 'reference_audio';
  const input = { role, mimeType, seconds, sourceUrl: url } as const;
  return { input, byteLength, clip: { role, seconds } };
}

async function inspectVideo({ url, label, fileName }: Wanted, path: string): Promise<Looked> {
  const facts = await inspectReferenceVideo({ path }, { label, fileName, limits: WIDEST_LIMITS });
  const { mimeType, width, height, seconds, billableMs, byteLength } = facts;
  const role = 'reference_video';
  const input = { role, mimeType, width, height, seconds, sourceUrl: url } as const;
  return { input, byteLength, clip: { role, seconds, billableMs, width, height } };
}

/** Turns a download failure into a `UserError`. Other errors are bugs and are returned unchanged. */
function toUserError(error: unknown, { label: file }: Wanted): unknown {
  if (error instanceof UntrustedContentError) {
    return new UserError(text('orders:fileRefused', { file }), { cause: error });
  }
  if (error instanceof DownloadError) {
    return new UserError(text('orders:fileNotFetched', { file }), { cause: error });
  }
  if (error instanceof DiskFullError) {
    return new UserError(text('orders:noRoomForFile', { file }), { cause: error });
  }
  return error;
}
