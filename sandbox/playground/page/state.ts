/** The page’s state: the server’s latest view, and what only this page needs. */
import type { View } from '../protocol.ts';

export interface PageState {
  view: View | undefined;
  isConnected: boolean;
  personId: string | undefined;
  channelId: string | undefined;
  locale: string;
  isSidebarOpen: boolean;
  isPanelOpen: boolean;
  /** Messages and failures that the reader has dismissed, by id. */
  readonly dismissed: Set<string>;
  /** What was clicked, by the resulting interaction: the message’s id and the component’s custom id. */
  readonly presses: Map<string, { messageId: string; customId: string }>;
  /** The client’s refusal, until the next act. */
  refusal: string | undefined;
}

/** Older ephemeral messages are hidden, as after a reload of Discord. */
export const SINCE_MS = Date.now();

export const state: PageState = {
  view: undefined,
  isConnected: false,
  personId: sessionStorage.getItem('person') ?? undefined,
  channelId: undefined,
  locale: sessionStorage.getItem('locale') ?? 'en-US',
  isSidebarOpen: false,
  isPanelOpen: false,
  dismissed: new Set(),
  presses: new Map(),
  refusal: undefined,
};

let isScheduled = false;
let draw: () => void = () => undefined;

export function onChange(redraw: () => void): void {
  draw = redraw;
}

/** Renders the page once for all changes made before the browser continues. */
export function requestRender(): void {
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(() => {
    isScheduled = false;
    draw();
  });
}

/** The open channel: of a server, or the direct messages with the bot. */
export function openChannel(view: View) {
  const server = view.servers.find(({ channels }) =>
    channels.some(({ id }) => id === view.channelId),
  );
  const channel = server?.channels.find(({ id }) => id === view.channelId);
  return { server, channel, isDirect: server === undefined };
}

export function nameOf(
  view: View,
  kind: 'user' | 'role' | 'channel',
  id: string,
): string | undefined {
  const lists = {
    user: [...view.servers.flatMap(({ members }) => members), ...view.people],
    role: view.servers.flatMap(({ roles }) => roles),
    channel: view.servers.flatMap(({ channels }) => channels),
  };
  return lists[kind].find((one) => one.id === id)?.name;
}
