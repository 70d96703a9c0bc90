/** Edits a message, however the request arrived. */
import { currentState, type MessageRecord } from '../store.ts';
import { composeState, type Way } from './compose.ts';
import { editMessage } from './deliver.ts';
import { flagsAfterEdit, parseMessageBody } from './message-body.ts';
import { refuseFaults } from './refusals.ts';

/** Throws refusals like `composeState`; the message is then unchanged. */
export function editFrom(data: unknown, message: MessageRecord, way: Way): void {
  const before = currentState(message);
  const body = parseMessageBody(data);
  const { flags, faults } = flagsAfterEdit(before.flags, body, way.path);
  refuseFaults(faults);
  editMessage(way.store, message, composeState({ ...way, body, flags, before }));
}
