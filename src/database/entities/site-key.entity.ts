// A public key that a website's widget sends: it names the assistant, says which websites may use it, and holds the secret by which the
// website's own server vouches for its customers.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Assistant } from './assistant.entity.js';

/** How the widget looks on a website; what is null is as the page or the assistant has it. */
export interface WidgetSettings {
  /** Over the chat, instead of the assistant's name. */
  title: string | null;
  greeting: string | null;
  /** Brand colour, `#rrggbb`, and the one for dark surfaces. */
  accent: string | null;
  accentDark: string | null;
  theme: 'light' | 'dark' | null;
  position: 'left' | 'right' | null;
  locale: string | null;
}

@Entity('site_keys')
@Unique('site_keys_key', ['key'])
@Check('site_keys_key_form', "key ~ '^[A-Za-z0-9_-]{1,100}$'")
@Index('site_keys_by_assistant', ['assistantId', 'createdAt'])
export class SiteKey {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'site_keys_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /** Public, and for ever the same: customers who prove who they are belong to it. */
  @Column('text')
  key!: string;

  @Column('text')
  name!: string;

  /** Websites that may use it, e.g. `https://shop.example`, `https://*.shop.example`; none: any website. */
  @Column('text', { array: true, default: '{}' })
  origins!: string[];

  /** Signs customers' identities (HS256), so it can't be kept as a hash; null: this key's customers are all anonymous. */
  @Column('text', { nullable: true })
  secret!: string | null;

  /** The secret before the last rotation, good until `previousSecretUntil`. */
  @Column('text', { name: 'previous_secret', nullable: true })
  previousSecret!: string | null;

  @Column('timestamptz', { name: 'previous_secret_until', nullable: true })
  previousSecretUntil!: Date | null;

  @Column('timestamptz', { name: 'secret_made_at', nullable: true })
  secretMadeAt!: Date | null;

  @Column('jsonb', { default: {} })
  widget!: Partial<WidgetSettings>;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
