extension VirtualHost {
    /// Lets a quorum queue forget all its consumers without telling them: to their clients nothing
    /// has changed, and nothing comes any more.
    public func forgetConsumers(of queue: String) async throws {
        _ = try await server.evaluate(
            """
            {ok, Q} = rabbit_amqqueue:lookup(
                rabbit_misc:r(<<"\(name)">>, queue, <<"\(queue)">>)),
            {ok, {_, Consumers}, _} =
                ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_consumers/1),
            [{ok, _, _} = ra:process_command(amqqueue:get_pid(Q),
                rabbit_fifo:make_checkout(Id, cancel, #{})) || Id <- maps:keys(Consumers)]
            """
        )
    }
}
