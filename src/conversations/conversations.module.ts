// Chats: the socket.io gateway, what writes the answers, and the agents who take over.
import { Module } from '@nestjs/common';
import { AdaptersModule } from '../adapters/adapters.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { MemoryModule } from '../memory/memory.module.js';
import { Admission } from './admission.js';
import { Answers } from './answers.js';
import { ChatGateway } from './chat.gateway.js';
import { ClientEvents } from './client-events.js';
import { ChangeFeed } from './console/change-feed.js';
import { ConsoleAdmission } from './console/console-admission.js';
import { ConsoleEvents } from './console/console-events.js';
import { ConsoleGateway } from './console/console.gateway.js';
import { Watchers } from './console/watchers.js';
import { ConversationList } from './conversation-list.js';
import { ConversationsController } from './conversations.controller.js';
import { Conversations } from './conversations.js';
import { Handovers } from './handovers.js';
import { InboxController } from './inbox/inbox.controller.js';
import { Inbox } from './inbox/inbox.js';
import { NotesController } from './inbox/notes.controller.js';
import { Notes } from './inbox/notes.js';
import { LiveAnswers } from './live-answers.js';
import { MessageEvents } from './message-events.js';
import { Messages } from './messages.js';
import { PlaygroundController } from './playground/playground.controller.js';
import { Playground } from './playground/playground.js';
import { PromptBuilder } from './prompt-builder.js';
import { Rooms } from './rooms.js';

@Module({
  imports: [AdaptersModule, AssistantsModule, FeedbackModule, InferenceModule, MemoryModule],
  controllers: [ConversationsController, InboxController, NotesController, PlaygroundController],
  providers: [
    ...[Admission, ClientEvents, Conversations, ConversationList, Handovers, MessageEvents],
    ...[ChangeFeed, ConsoleAdmission, ConsoleEvents, ConsoleGateway, Watchers],
    ...[Inbox, Notes, Playground],
    ...[Answers, ChatGateway, LiveAnswers, Messages, PromptBuilder, Rooms],
  ],
})
export class ConversationsModule {}
