// Sends the same commands again and again with hiredis' own calls: what a call of the library that
// sends them could reach at best. They are read from a file: for each the number of its arguments,
// then these, each with its length before it.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_ARGUMENTS = 256, MAX_COMMANDS = 64 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct command {
    int count;
    const char *arguments[MAX_ARGUMENTS];
    size_t lengths[MAX_ARGUMENTS];
};

static struct command commands[MAX_COMMANDS];

static int read_commands(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    int read = 0;
    while (read < MAX_COMMANDS && fscanf(file, "%d", &commands[read].count) == 1) {
        struct command *command = &commands[read];
        if (command->count < 1 || command->count > MAX_ARGUMENTS) return 0;
        for (int i = 0; i < command->count; i++) {
            if (fscanf(file, "%zu", &command->lengths[i]) != 1) return 0;
            fgetc(file);
            char *argument = malloc(command->lengths[i] + 1);
            if (argument == NULL) return 0;
            if (fread(argument, 1, command->lengths[i], file) != command->lengths[i]) return 0;
            command->arguments[i] = argument;
        }
        read++;
    }
    fclose(file);
    return read;
}

int main(int count, char **values) {
    if (count != 5) return 64;
    int command_count = read_commands(values[2]);
    int depth = atoi(values[3]);
    double seconds = atof(values[4]);
    redisContext *redis = redisConnect("127.0.0.1", atoi(values[1]));
    if (command_count == 0 || redis == NULL || redis->err) return 69;
    long done = 0;
    double begin = now();
    while (now() - begin < seconds) {
        for (int i = 0; i < depth * command_count; i++) {
            struct command *command = &commands[i % command_count];
            redisAppendCommandArgv(redis, command->count, command->arguments, command->lengths);
        }
        for (int i = 0; i < depth * command_count; i++) {
            void *answer;
            if (redisGetReply(redis, &answer) != REDIS_OK) return 69;
            redisReply *reply = answer;
            if (reply->type == REDIS_REPLY_ERROR) {
                fprintf(stderr, "%s\n", reply->str);
                return 70;
            }
            freeReplyObject(reply);
        }
        done += depth;
    }
    printf("%f\n", (double)done / (now() - begin));
    return 0;
}
