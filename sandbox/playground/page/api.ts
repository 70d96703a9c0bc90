/** Talks to the playground's server. */
import type { ActAnswer, PanelView } from '../protocol.ts';
import { requestRender, openChannel, SINCE_MS, state } from './state.ts';

let source: EventSource | undefined;

/** Opens the stream of updates for the current reader and the open channel. */
export function connect(): void {
  source?.close();
  const query = new URLSearchParams({ since: String(SINCE_MS) });
  if (state.personId !== undefined) query.set('person', state.personId);
  if (state.channelId !== undefined) query.set('channel', state.channelId);
  source = new EventSource(`/updates?${query.toString()}`);
  source.addEventListener('message', (event) => {
    state.view = JSON.parse(String(event.data));
    state.isConnected = true;
    requestRender();
  });
  source.addEventListener('error', () => {
    state.isConnected = false;
    requestRender();
  });
}

export function becomePerson(id: string): void {
  state.personId = id;
  state.channelId = undefined;
  sessionStorage.setItem('person', id);
  connect();
}

export function goTo(channelId: string): void {
  state.channelId = channelId;
  state.isSidebarOpen = false;
  connect();
}

type FilesByName = ReadonlyMap<string, readonly File[]>;

/** Acts as the reader. What the client would not send comes back as `error`. */
export async function act(what: object, files: FilesByName = new Map()): Promise<ActAnswer> {
  const query = new URLSearchParams({ locale: state.locale });
  const { view } = state;
  if (view !== undefined) {
    query.set('person', view.me.id);
    const { server } = openChannel(view);
    if (server !== undefined) query.set('server', server.id);
  }
  const form = new FormData();
  form.set('act', JSON.stringify(what));
  for (const [name, list] of files) for (const file of list) form.append(name, file);
  try {
    const response = await fetch(`/acts?${query.toString()}`, { method: 'POST', body: form });
    return await response.json();
  } catch {
    return { error: 'The playground does not respond. Is it still running?' };
  }
}

/** The same, where a refusal is shown above the message box. */
export async function actWithFeedback(what: object, files?: FilesByName): Promise<ActAnswer> {
  const answer = await act(what, files);
  state.refusal = answer.error;
  requestRender();
  return answer;
}

/** The open channel, as acts name it. */
export function openPlace(): { channel?: string; isDirect?: boolean } {
  const { view } = state;
  if (view === undefined) return {};
  const { channel } = openChannel(view);
  return channel === undefined ? { isDirect: true } : { channel: channel.name };
}

export async function readPanel(): Promise<PanelView> {
  const response = await fetch('/panel');
  return response.json();
}

/** @throws Error with the server's reason */
export async function performOnPanel(action: object): Promise<void> {
  const form = new FormData();
  form.set('act', JSON.stringify(action));
  const response = await fetch('/panel', { method: 'POST', body: form });
  if (!response.ok) {
    const { error }: ActAnswer = await response.json();
    throw new Error(error ?? 'The action failed');
  }
}
