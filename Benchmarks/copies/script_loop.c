// Sends one command again and again with hiredis' own calls: what writing through the library could
// reach at best. The command's arguments are read from a file, each with its length before it.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_ARGUMENTS = 64 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int read_arguments(const char *path, const char **arguments, size_t *lengths) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    int count = 0;
    while (count < MAX_ARGUMENTS && fscanf(file, "%zu", &lengths[count]) == 1) {
        fgetc(file);
        char *argument = malloc(lengths[count] + 1);
        if (argument == NULL || fread(argument, 1, lengths[count], file) != lengths[count]) break;
        arguments[count++] = argument;
    }
    fclose(file);
    return count;
}

int main(int count, char **values) {
    if (count != 5) return 64;
    const char *arguments[MAX_ARGUMENTS];
    size_t lengths[MAX_ARGUMENTS];
    int argument_count = read_arguments(values[2], arguments, lengths);
    int depth = atoi(values[3]);
    double seconds = atof(values[4]);
    redisContext *redis = redisConnect("127.0.0.1", atoi(values[1]));
    if (argument_count == 0 || redis == NULL || redis->err) return 69;
    long done = 0;
    double begin = now();
    while (now() - begin < seconds) {
        for (int i = 0; i < depth; i++) {
            redisAppendCommandArgv(redis, argument_count, arguments, lengths);
        }
        for (int i = 0; i < depth; i++) {
            void *answer;
            if (redisGetReply(redis, &answer) != REDIS_OK) return 69;
            redisReply *reply = answer;
            if (reply->type == REDIS_REPLY_ERROR) {
                fprintf(stderr, "%s\n", reply->str);
                return 70;
            }
            freeReplyObject(reply);
            done++;
        }
    }
    printf("%f\n", (double)done / (now() - begin));
    return 0;
}
