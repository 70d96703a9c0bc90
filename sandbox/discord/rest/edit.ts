/** Editing a message, whichever way the request came. */
import { currentState, type MessageRecord } from '../store.ts';
import { composeState, type Way } from './compose.ts';
import { editMessage } from './deliver.ts';
import { flagsAfterEdit, parseMessageBody } from './message-body.ts';
import { refuseFaults } from './refusals.ts';

/** Throws refusals as `composeState` does; the message is then as it was. */
export function editFrom(data: unknown, message: MessageRecord, way: Way): void {
  const before = currentState(message);
  const body = parseMessageBody(data);
  const { flags, faults } = flagsAfterEdit(before.flags, body, way.path);
  refuseFaults(faults);
  editMessage(way.store, message, composeState({ ...way, body, flags, before }));
}
