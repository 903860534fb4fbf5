// What agents write for each other about a conversation. Not a message: no customer and no model ever reads it.
import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Conversation } from './conversation.entity.js';

@Entity('conversation_notes')
@Index('conversation_notes_by_conversation', ['conversationId', 'createdAt'])
export class ConversationNote {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Conversation, { name: 'conversation_notes_conversation', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'conversation_id' })
  conversationId!: string;

  /** The agent's name. */
  @Column('text')
  author!: string;

  @Column('text')
  text!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
