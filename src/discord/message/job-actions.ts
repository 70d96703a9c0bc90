/** The buttons under a video: whose their ids are, and what they do. */

export const JOB_BUTTONS_OWNER = 'job';

/** Private finals are told apart in the id, since nothing may be looked up before the answer. */
export const JOB_ACTIONS = ['cancel', 'final', 'private-final'] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];
