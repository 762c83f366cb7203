// Sends the same commands again and again with hiredis' own calls: what a call of the library that
// sends them could reach at best. They are read from a file: for each the number of its arguments,
// then these, each with its length before it.
//
// `script_loop PORT FILE CALLERS SECONDS pipeline` sends the commands of all callers at once on one
// connection; `connections` gives each caller its own, who calls again when he has his answer.
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_ARGUMENTS = 256, MAX_COMMANDS = 64, MAX_CALLERS = 256 };

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

static int command_count;

static redisContext *connected(const char *port) {
    redisContext *redis = redisConnect("127.0.0.1", atoi(port));
    if (redis == NULL || redis->err) exit(69);
    return redis;
}

static void append_call(redisContext *redis) {
    for (int i = 0; i < command_count; i++) {
        struct command *command = &commands[i];
        redisAppendCommandArgv(redis, command->count, command->arguments, command->lengths);
    }
}

static void check(void *answer) {
    redisReply *reply = answer;
    if (reply->type == REDIS_REPLY_ERROR) {
        fprintf(stderr, "%s\n", reply->str);
        exit(70);
    }
    freeReplyObject(reply);
}

static long call_in_pipeline(redisContext *redis, int callers) {
    for (int i = 0; i < callers; i++) append_call(redis);
    for (int i = 0; i < callers * command_count; i++) {
        void *answer;
        if (redisGetReply(redis, &answer) != REDIS_OK) exit(69);
        check(answer);
    }
    return callers;
}

static void write_call(redisContext *redis) {
    int done = 0;
    append_call(redis);
    while (!done)
        if (redisBufferWrite(redis, &done) != REDIS_OK) exit(69);
}

// Whoever has all answers of his call makes the next one.
static long call_where_answered(redisContext **callers, int *answered, struct pollfd *polled,
                                int count) {
    long done = 0;
    if (poll(polled, (nfds_t)count, -1) < 0) exit(69);
    for (int i = 0; i < count; i++) {
        if (!polled[i].revents) continue;
        void *answer = NULL;
        if (redisBufferRead(callers[i]) != REDIS_OK) exit(69);
        while (redisGetReplyFromReader(callers[i], &answer) == REDIS_OK && answer) {
            check(answer);
            answered[i]++;
        }
        if (answered[i] < command_count) continue;
        answered[i] = 0;
        done++;
        write_call(callers[i]);
    }
    return done;
}

int main(int count, char **values) {
    if (count != 6) return 64;
    const char *port = values[1];
    command_count = read_commands(values[2]);
    int callers = atoi(values[3]);
    double seconds = atof(values[4]);
    int in_pipeline = strcmp(values[5], "pipeline") == 0;
    if (command_count == 0 || callers < 1 || callers > MAX_CALLERS) return 64;

    redisContext *connections[MAX_CALLERS];
    struct pollfd polled[MAX_CALLERS];
    int answered[MAX_CALLERS] = {0};
    int connection_count = in_pipeline ? 1 : callers;
    for (int i = 0; i < connection_count; i++) {
        connections[i] = connected(port);
        polled[i] = (struct pollfd){.fd = connections[i]->fd, .events = POLLIN};
        if (!in_pipeline) write_call(connections[i]);
    }
    long done = 0;
    double begin = now();
    while (now() - begin < seconds)
        done += in_pipeline ? call_in_pipeline(connections[0], callers)
                            : call_where_answered(connections, answered, polled, callers);
    printf("%f\n", (double)done / (now() - begin));
    return 0;
}
