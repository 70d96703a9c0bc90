/** The bot’s Discord routes that a run uses. */
export const CALLBACK = 'POST /interactions/:interaction/:token/callback';
export const EDIT_BY_TOKEN = 'PATCH /webhooks/:app/:token/messages/@original';
export const EDIT_BY_BOT = 'PATCH /channels/:channel/messages/:message';
export const NEW_MESSAGE = 'POST /channels/:channel/messages';
export const FOLLOW_UP = 'POST /webhooks/:app/:token';
export const DIRECT_CHANNEL = 'POST /users/@me/channels';
/** What a member uploaded with a command. */
export const PICTURE = 'GET /ephemeral-attachments/:channel/:file/:name';
