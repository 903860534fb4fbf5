// Chats: the socket.io gateway and what writes the answers.
import { Module } from '@nestjs/common';
import { AdaptersModule } from '../adapters/adapters.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { MemoryModule } from '../memory/memory.module.js';
import { Answers } from './answers.js';
import { ChatGateway } from './chat.gateway.js';
import { Conversations } from './conversations.js';
import { LiveAnswers } from './live-answers.js';
import { Messages } from './messages.js';
import { PromptBuilder } from './prompt-builder.js';

@Module({
  imports: [AdaptersModule, AssistantsModule, FeedbackModule, InferenceModule, MemoryModule],
  providers: [Answers, ChatGateway, Conversations, LiveAnswers, Messages, PromptBuilder],
})
export class ConversationsModule {}
