/**
 * The documented requests of the vendors, word for word: what the sandbox must accept unchanged.
 * Sources: the Seedance pages of Azerion, kyyAiPower, Pixazo and PowerTokens, as published in
 * 2026; AI/ML API shows no complete request, so its sample combines the documented fields and prompt.
 */

export interface Sample {
  readonly title: string;
  /** Below the base URL. */
  readonly path: string;
  readonly body: unknown;
}

const AZERION_PATH = '/contents/generations/tasks';

export const AZERION_SAMPLES: readonly Sample[] = [
  {
    title: 'text to video',
    path: AZERION_PATH,
    body: {
      model: 'seedance-1-0-pro-250528',
      content: [
        {
          type: 'text',
          text: 'Multiple shots. A detective enters a dimly lit room. He examines the clues on the table and picks up an item from the surface. The camera cuts to a shot of him deep in thought. --resolution 1080p --duration 5 --camerafixed false',
        },
      ],
    },
  },
  {
    title: 'first frame',
    path: AZERION_PATH,
    body: {
      model: 'seedance-1-0-pro-fast-251015',
      content: [
        {
          type: 'text',
          text: 'A girl holding a fox, the girl opens her eyes, looks gently at the camera, the fox hugs affectionately, the camera slowly pulls out, the girl’s hair is blown by the wind --ratio adaptive --dur 5',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-doc.tos-ap-southeast-1.bytepluses.com/doc_image/i2v_foxrgirl.png',
          },
        },
      ],
    },
  },
  {
    title: 'reference images',
    path: AZERION_PATH,
    body: {
      model: 'seedance-1-0-lite-i2v-250428',
      content: [
        {
          type: 'text',
          text: 'A boy wearing glasses and a blue T-shirt from [Image 1] and a corgi dog from [Image 2], sitting on the lawn from [Image 3], in 3D cartoon style',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-doc.tos-ap-southeast-1.bytepluses.com/doc_image/seelite_ref_1.png',
          },
          role: 'reference_image',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-doc.tos-ap-southeast-1.bytepluses.com/doc_image/seelite_ref_2.png',
          },
          role: 'reference_image',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-doc.tos-ap-southeast-1.bytepluses.com/doc_image/seelite_ref_3.png',
          },
          role: 'reference_image',
        },
      ],
    },
  },
  {
    title: 'first and last frames',
    path: AZERION_PATH,
    body: {
      model: 'seedance-1-0-pro-250528',
      content: [
        { type: 'text', text: 'Create a 360-degree orbiting camera shot based on this photo.' },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-doc.tos-ap-southeast-1.bytepluses.com/doc_image/seepro_first_frame.jpeg',
          },
          role: 'first_frame',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-doc.tos-ap-southeast-1.bytepluses.com/doc_image/seepro_last_frame.jpeg',
          },
          role: 'last_frame',
        },
      ],
    },
  },
];

export const KYYAIPOWER_SAMPLES: readonly Sample[] = [
  {
    title: 'text to video',
    path: '/v1/seedance/videos',
    body: {
      model: 'seedance_1_5_pro_720p',
      content: [{ type: 'text', text: 'A cat yawning at the camera' }],
      ratio: '16:9',
      duration: 5,
      generate_audio: true,
    },
  },
];

export const PIXAZO_SAMPLES: readonly Sample[] = [
  {
    title: 'image to video',
    path: '/byteplus/v1/generateImage2VideoTask',
    body: {
      model: 'seedance-1-0-lite-i2v-250428',
      content: [
        {
          type: 'text',
          text: 'In the sky, soft cotton-like clouds drift with subtle layered motions... --resolution 720p --duration 5 --camerafixed false',
        },
        { type: 'image_url', image_url: 'https://example.com/input-image.jpg' },
      ],
    },
  },
];

/** Public copies of www.pixazo.ai/models/seedance, spring 2026. */
export const PIXAZO_GATEWAY_SAMPLES: readonly Sample[] = [
  {
    title: 'shortest text to video',
    path: '/seedance-2-0/v1/text-to-video',
    body: { content: [{ type: 'text', text: 'A cat walking on the beach' }] },
  },
  {
    title: 'text to video of 2.0 fast',
    path: '/seedance-2-0-fast/v1/text-to-video-fast',
    body: {
      content: [
        { type: 'text', text: 'A cinematic shot of a cat on a tropical beach at golden hour' },
      ],
      generate_audio: true,
      ratio: '16:9',
      duration: 15,
      resolution: '720p',
      watermark: false,
    },
  },
  {
    title: 'reference to video',
    path: '/seedance-2-0-fast/v1/reference-to-video-fast',
    body: {
      content: [{ type: 'image_url', image_url: { url: 'https://example.com/photo.jpg' } }],
    },
  },
];

/** How its page requests a result: with the id of a task. */
export const PIXAZO_POLL: Sample = {
  title: 'result',
  path: '/bytedance-polling/getVideoResult',
  body: { task_id: 'cgt-20250910201045-sqz6f' },
};

export const AIMLAPI_SAMPLES: readonly Sample[] = [
  {
    title: 'image to video',
    path: '/v2/generate/video/bytedance/generation',
    body: {
      model: 'bytedance/seedance-1-0-lite-i2v',
      image_url: 'https://example.com/mona-lisa.jpg',
      prompt: 'Mona Lisa puts on glasses with her hands.',
      resolution: '720p',
      duration: 5,
      seed: 7,
      camera_fixed: false,
      watermark: false,
    },
  },
];

export const POWERTOKENS_SAMPLES: readonly Sample[] = [
  {
    title: 'references of every kind',
    path: '/contents/generations/tasks',
    body: {
      model: 'dreamina-seedance-2-0-260128',
      content: [
        {
          type: 'text',
          text: 'Use the first-person perspective composition of Video 1 throughout, and use Audio 1 as the background music throughout. First-person perspective fruit tea advertisement, Seedance brand "Ping Ping An An" apple fruit tea limited edition; the first frame is Image 1, your hand picks a dewy Aksu red apple, crisp apple collision sound; 2-4 seconds: quick cut, your hand drops apple pieces into a shaker cup, adds ice and tea base, shakes vigorously, ice collision and shaking sounds sync with upbeat drums, background voice: "Fresh-cut, fresh-shake"; 4-6 seconds: first-person close-up of the finished product, layered fruit tea is poured into a transparent cup, your hand gently squeezes the cream foam to spread on top, sticks a pink-red label on the cup body, the camera zooms in to show the layered texture of cream foam and fruit tea; 6-8 seconds: first-person holding up the cup, you hold the fruit tea from Image 2 in front of the camera (simulating the perspective of handing it to the viewer), the cup label is clearly visible, background voice "Take a sip of freshness", the last frame freezes on Image 2. Background voice is uniformly female voice.',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-project.tos-cn-beijing.volces.com/doc_image/r2v_tea_pic1.jpg',
          },
          role: 'reference_image',
        },
        {
          type: 'image_url',
          image_url: {
            url: 'https://ark-project.tos-cn-beijing.volces.com/doc_image/r2v_tea_pic2.jpg',
          },
          role: 'reference_image',
        },
        {
          type: 'video_url',
          video_url: {
            url: 'https://ark-project.tos-cn-beijing.volces.com/doc_video/r2v_tea_video1.mp4',
          },
          role: 'reference_video',
        },
        {
          type: 'audio_url',
          audio_url: {
            url: 'https://ark-project.tos-cn-beijing.volces.com/doc_audio/r2v_tea_audio1.mp3',
          },
          role: 'reference_audio',
        },
      ],
      generate_audio: true,
      ratio: '16:9',
      duration: 11,
      watermark: false,
    },
  },
];
