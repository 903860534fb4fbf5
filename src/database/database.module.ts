// Makes the one open data source injectable everywhere (`DataSource`, or `@InjectRepository` after `forFeature`), and closes it last.
import { DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { entities } from './data-source.js';

@Module({})
export class DatabaseModule {
  /** @param dataSource from `openDatabase`; destroyed when the application shuts down */
  static forRoot(dataSource: DataSource): DynamicModule {
    const root = TypeOrmModule.forRootAsync({
      useFactory: () => dataSource.options,
      dataSourceFactory: () => Promise.resolve(dataSource),
    });
    const repositories = TypeOrmModule.forFeature(entities);
    return { module: DatabaseModule, global: true, imports: [root, repositories], exports: [repositories] };
  }
}
