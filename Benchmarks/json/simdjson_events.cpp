// What simdjson needs for the work that `EventDecoder` does: parse, refuse duplicate keys, take
// the type and copy the keys into strings of their own. Prints nanoseconds per event as
// `NAME MODE NS`, the best of several rounds, for JSONBenchmark's events read from files.
//
//   g++ -O3 -std=c++17 simdjson_events.cpp -lsimdjson -o simdjson_events
//   ./simdjson_events FILE...
#include <simdjson.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

using namespace simdjson;

struct Event {
    std::string type;
    std::vector<std::string> keys;
};

static bool hasDuplicate(const dom::element &value) {
    if (value.is_array()) {
        dom::array array = value.get_array().value_unsafe();
        for (dom::element child : array)
            if (hasDuplicate(child)) return true;
        return false;
    }
    if (!value.is_object()) return false;
    dom::object object = value.get_object().value_unsafe();
    std::string_view seen[8];
    size_t count = 0;
    std::unordered_set<std::string_view> many;
    for (auto member : object) {
        for (size_t i = 0; i < count; i++)
            if (seen[i] == member.key) return true;
        if (count < 8) seen[count++] = member.key;
        else if (!many.insert(member.key).second) return true;
        if (hasDuplicate(member.value)) return true;
    }
    return false;
}

static bool decodeTree(dom::parser &parser, const padded_string &text, Event &event) {
    dom::element root;
    if (parser.parse(text).get(root) || hasDuplicate(root)) return false;
    std::string_view type;
    if (root["type"].get(type)) return false;
    event.type = type;
    dom::array keys;
    if (root["data"]["keys"].get(keys)) return false;
    for (dom::element key : keys) {
        std::string_view name;
        if (key.get(name)) return false;
        event.keys.emplace_back(name);
    }
    return true;
}

// No check for duplicates: on-demand parsing does not see all keys. It is the lower limit.
static bool decodeOnDemand(ondemand::parser &parser, const padded_string &text, Event &event) {
    ondemand::document root;
    if (parser.iterate(text).get(root)) return false;
    std::string_view type;
    if (root["type"].get(type)) return false;
    event.type = type;
    ondemand::array keys;
    if (root["data"]["keys"].get(keys)) return false;
    for (auto key : keys) {
        std::string_view name;
        if (key.get(name)) return false;
        event.keys.emplace_back(name);
    }
    return true;
}

template <typename Decode>
static void measure(const char *name, const char *mode, const padded_string &text, Decode decode) {
    using clock = std::chrono::steady_clock;
    const size_t repeats = 40'000'000 / (text.size() + 200);
    double best = 1e18;
    size_t keys = 0;
    for (int round = 0; round < 9; round++) {
        auto start = clock::now();
        for (size_t i = 0; i < repeats; i++) {
            Event event;
            if (!decode(text, event)) exit(1);
            keys += event.keys.size();
        }
        std::chrono::duration<double, std::nano> elapsed = clock::now() - start;
        double ns = elapsed.count() / repeats;
        if (ns < best) best = ns;
    }
    printf("%s %s %.1f (%zu bytes, %zu keys in all)\n", name, mode, best, text.size(), keys);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        padded_string text;
        if (padded_string::load(argv[i]).get(text)) return 1;
        dom::parser tree;
        ondemand::parser onDemand;
        measure(argv[i], "tree", text, [&](auto &t, auto &e) { return decodeTree(tree, t, e); });
        measure(argv[i], "on-demand", text,
                [&](auto &t, auto &e) { return decodeOnDemand(onDemand, t, e); });
    }
}
