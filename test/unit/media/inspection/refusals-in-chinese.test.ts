import { expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { inspectImage } from '#src/media/inspection/inspect-image.ts';
import { text } from '#src/text/text.ts';

test('a member who uses Chinese reads the refusal of a picture in Chinese', async () => {
  const refusal = await inspectImage(Buffer.from('no picture'), {
    label: text('media:firstFrame'),
    fileName: 'notes.png',
  }).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(UserError);
  expect(refusal instanceof UserError && refusal.in('zh-CN')).toBe(
    '首帧不是图片：`notes.png` 的内容是文本。请发送 JPEG、PNG、WebP、BMP、TIFF 或 GIF 格式的图片。',
  );
});
