/**
 * The part of the official API that the sandbox serves. A test compares this list with the registered
 * routes, so that the list stays true.
 */
import type { Coverage } from './dialect.ts';
import { RESULT_COVERAGE } from './results/result-routes.ts';

export const COVERAGE: readonly Coverage[] = [
  {
    route: 'create',
    method: 'POST',
    path: '/contents/generations/tasks',
    state: 'partial',
    missing: [
      'endpoint ids (ep-…) in model',
      'asset:// inputs',
      'callback_url is accepted and never called',
      'what is in reference media: a clip is told by its headers, a sound by its frames',
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
  ...RESULT_COVERAGE,
];
