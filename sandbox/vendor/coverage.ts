/**
 * What of the vendor's API the sandbox serves. A test holds this list equal to the routes that are
 * registered, so that the sandbox cannot quietly pretend.
 */
export const COVERAGE = [
  {
    route: 'create',
    method: 'POST',
    path: '/contents/generations/tasks',
    state: 'partial',
    missing: [
      'endpoint ids (ep-…) in model',
      'draft_task and asset:// inputs',
      'callback_url is accepted and never called',
      'the content and count of reference media; input video is not billed',
      'moderation, except by injected faults',
    ],
  },
  {
    route: 'retrieve',
    method: 'GET',
    path: '/contents/generations/tasks/{id}',
    state: 'supported',
    missing: [],
  },
  {
    route: 'list',
    method: 'GET',
    path: '/contents/generations/tasks',
    state: 'supported',
    missing: [],
  },
  {
    route: 'cancel',
    method: 'DELETE',
    path: '/contents/generations/tasks/{id}',
    state: 'supported',
    missing: [],
  },
  {
    route: 'video',
    method: 'GET',
    path: '/results/{id}.mp4',
    state: 'supported',
    missing: [],
  },
  {
    route: 'last-frame',
    method: 'GET',
    path: '/results/{id}.png',
    state: 'partial',
    missing: ['the picture itself: an even grey of the right size'],
  },
] as const;
